/** Routes of the tree of categories and of the values of tags. */
import { listCategories, listCategoryVersions, listPlaces, listValues, putCategory, putTagCategory, removeCategory } from '../handlers/categories.ts';
import { route } from '../route.ts';
import type { Route } from '../route.ts';
import { categoriesResponse, categoryBody, categoryParams, categoryResponse, categoryVersionsResponse, placeBody, placesResponse, valuesQuery, valuesResponse } from '../schemas/categories.ts';
import { nothing } from '../schemas/common.ts';
import { tagDetailSchema } from '../schemas/ruleTags.ts';
import { deletedSchema } from '../schemas/savedSegments.ts';
import { tagParams } from '../schemas/tags.ts';

const READERS = { admin: true, data_scientist: true, marketer: true, service: false } as const;
const EDITORS = { admin: true, data_scientist: false, marketer: true, service: false } as const;

export const CATEGORY_ROUTES: readonly Route[] = [
  route({
    id: 'listCategories', method: 'get', path: '/v1/tag-categories', group: 'tags', params: nothing, query: nothing, response: categoriesResponse, access: READERS,
    summary: { zh: '标签类别树', en: 'The tree of categories' },
    handle: listCategories,
  }),
  route({
    id: 'saveCategory', method: 'put', path: '/v1/tag-categories/{code}', group: 'tags', params: categoryParams, query: nothing, body: categoryBody, response: categoryResponse, access: EDITORS,
    summary: { zh: '新建、改名或移动类别', en: 'Make, rename or move a category' },
    description: { zh: '产品自带的类别也可以改名和移动。', en: 'Categories of the product can be renamed and moved as well.' },
    handle: putCategory,
  }),
  route({
    id: 'deleteCategory', method: 'delete', path: '/v1/tag-categories/{code}', group: 'tags', params: categoryParams, query: nothing, response: deletedSchema, access: EDITORS,
    summary: { zh: '删除空类别', en: 'Delete a category that holds nothing' },
    description: { zh: '仍有标签或下级类别时返回 409 并列出它们。', en: 'Answers 409 with the tags and categories that are still in it.' },
    handle: removeCategory,
  }),
  route({
    id: 'listCategoryVersions', method: 'get', path: '/v1/tag-categories/{code}/versions', group: 'tags', params: categoryParams, query: nothing, response: categoryVersionsResponse, access: READERS,
    summary: { zh: '类别的修改历史', en: 'Every version of a category, with who changed it' },
    description: { zh: '未修改过的产品自带类别没有版本；已删除的类别也可查询。', en: 'One of the product that nobody changed has none; also of one that was deleted.' },
    handle: listCategoryVersions,
  }),
  route({
    id: 'placeTag', method: 'put', path: '/v1/tags/{key}/category', group: 'tags', params: tagParams, query: nothing, body: placeBody, response: tagDetailSchema, access: EDITORS,
    summary: { zh: '把标签移到另一个类别', en: 'Move a tag of any kind to a category' },
    handle: putTagCategory,
  }),
  route({
    id: 'listPlaces', method: 'get', path: '/v1/tags/{key}/category/versions', group: 'tags', params: tagParams, query: nothing, response: placesResponse, access: READERS,
    summary: { zh: '产品标签的移动历史', en: 'Where a tag of the product was kept, with who moved it' },
    handle: listPlaces,
  }),
  route({
    id: 'listValues', method: 'get', path: '/v1/tags/{key}/values', group: 'tags', params: tagParams, query: valuesQuery, response: valuesResponse, cost: 5, access: READERS,
    summary: { zh: '标签的取值和客户数', en: 'The values of a tag, and how many customers have each' },
    description: { zh: '数值和日期标签没有取值列表，见分布。', en: 'Numbers and dates have no list of values; see the distribution.' },
    handle: listValues,
  }),
];
